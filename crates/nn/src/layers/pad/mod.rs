//! Padding of images, each mode over one, two or three axes.

mod constant;
mod modes;

crate::build::modules! {
    register;
    constant: ConstantPad1d, ConstantPad;
    constant: ConstantPad2d;
    constant: ConstantPad3d;
    modes: CircularPad1d, CircularPad;
    modes: CircularPad2d;
    modes: CircularPad3d;
    modes: ReflectionPad1d, ReflectionPad;
    modes: ReflectionPad2d;
    modes: ReflectionPad3d;
    modes: ReplicationPad1d, ReplicationPad;
    modes: ReplicationPad2d;
    modes: ReplicationPad3d;
    modes: ZeroPad1d, ZeroPad;
    modes: ZeroPad2d;
    modes: ZeroPad3d;
}
